const FOLDER = new URL("../fixtures/tls/", import.meta.url);

/** The path of a file with certificates or a key: `ca`, `server`, `server_key`, `client`, `client_key`. */
export function pemPath(name: string): string {
  return new URL(`${name}.pem`, FOLDER).pathname;
}

/** What such a file holds. */
export function pemText(name: string): string {
  return Deno.readTextFileSync(pemPath(name));
}
