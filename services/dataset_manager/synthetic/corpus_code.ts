/** Lines as programs have them, in Python and TypeScript; written for this purpose. */
export const CODE = `
import json
import os
from collections import defaultdict
from dataclasses import dataclass, field
def load_config(path: str) -> dict[str, str]:
    with open(path, encoding="utf-8") as file:
        return json.load(file)
def mean(values: list[float]) -> float:
    if not values:
        raise ValueError("no values")
    return sum(values) / len(values)
class Cache:
    def __init__(self, size: int = 128) -> None:
        self.size = size
        self.items: dict[str, int] = {}
    def get(self, key: str, default: int | None = None) -> int | None:
        return self.items.get(key, default)
    def put(self, key: str, value: int) -> None:
        if len(self.items) >= self.size:
            self.items.pop(next(iter(self.items)))
        self.items[key] = value
for index, line in enumerate(lines):
    fields = line.strip().split(",")
    if len(fields) != 3:
        print(f"line {index}: expected 3 fields, got {len(fields)}")
        continue
    counts[fields[0]] += int(fields[1])
    total += 1
try:
    response = client.get(url, timeout=10)
    response.raise_for_status()
except TimeoutError as error:
    logger.warning("request timed out: %s", error)
    return None
finally:
    client.close()
result = [item for item in items if item.score > threshold]
result.sort(key=lambda item: item.score, reverse=True)
while left < right:
    middle = (left + right) // 2
    if table[middle] < target:
        left = middle + 1
    else:
        right = middle
async def fetch_all(urls: list[str]) -> list[bytes]:
    return await asyncio.gather(*(fetch(url) for url in urls))
if __name__ == "__main__":
    main(sys.argv[1:])
export interface Options {
  readonly path: string;
  readonly limit: number;
  retries?: number;
export class Queue<T> {
  readonly #items: T[] = [];
  get length(): number {
    return this.#items.length;
  push(item: T): void {
    this.#items.push(item);
const server = createServer((request, response) => {
  response.writeHead(200, { "content-type": "application/json" });
  response.end(JSON.stringify({ ok: true }));
server.listen(port, () => console.log("listening on port", port));
export async function readLines(path: string): Promise<string[]> {
  const text = await readFile(path, "utf8");
  return text.split("\\n").filter((line) => line.length > 0);
function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
const byName = new Map(users.map((user) => [user.name, user]));
for (const [name, user] of byName) {
  if (user.age < 18) byName.delete(name);
switch (event.kind) {
  case "open":
    return handleOpen(event.id);
  case "close":
    return handleClose(event.id, event.reason);
  default:
    throw new Error("unknown kind of event");
const total = orders.reduce((sum, order) => sum + order.price * order.amount, 0);
let node = root;
while (node.next !== null) node = node.next;
test("an empty list has no mean", () => {
  assertThrows(() => mean([]), RangeError);
SELECT name, count(*) AS orders FROM customers
JOIN orders ON orders.customer_id = customers.id
WHERE orders.created_at > now() - interval '30 days'
GROUP BY name ORDER BY orders DESC LIMIT 10;
`;
