/** The sum of numbers with the rounding error of every addition carried along (Neumaier). */
export class RunningSum {
  #sum = 0;
  #lost = 0;

  get value(): number {
    return this.#sum + this.#lost;
  }

  add(value: number): void {
    const sum = this.#sum;
    const next = sum + value;
    this.#lost += Math.abs(sum) >= Math.abs(value) ? (sum - next) + value : (value - next) + sum;
    this.#sum = next;
  }
}
