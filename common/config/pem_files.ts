import { createPrivateKey, X509Certificate } from "node:crypto";
import { quote, Refusal } from "./problem.ts";

/** The options that name a file with certificates or a key. */
const PEM_OPTIONS = ["caCert", "clientCert", "clientKey"] as const;

/** Such an option. */
export type PemOption = typeof PEM_OPTIONS[number];

/** What the files hold; what nobody names is left out. */
export type PemFiles = Partial<Readonly<Record<PemOption, string>>>;

const CERTIFICATE_REGEXP = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** Throws a Refusal when the text is not what the option asks for; it never repeats any of it. */
export function checkPem(option: PemOption, text: string): void {
  if (option === "clientKey") readKey(text);
  else readCertificates(text);
}

/** Throws a Refusal when a key is not that of a certificate; both have been checked by themselves. */
export function checkPair({ clientCert, clientKey }: PemFiles): void {
  if (clientCert === undefined || clientKey === undefined) return;
  const [certificate] = readCertificates(clientCert);
  if (certificate!.checkPrivateKey(readKey(clientKey))) return;
  throw new Refusal("is not the key of --client-cert");
}

function readCertificates(text: string): X509Certificate[] {
  const blocks = text.match(CERTIFICATE_REGEXP);
  if (blocks === null) throw new Refusal("holds no certificate in PEM");
  return blocks.map((block, i) => {
    try {
      return new X509Certificate(block);
    } catch {
      throw new Refusal(`certificate ${i + 1} cannot be read`);
    }
  });
}

function readKey(text: string) {
  if (text.includes("ENCRYPTED")) throw new Refusal("the key is encrypted; it must not be");
  if (!/-----BEGIN (?:RSA |EC )?PRIVATE KEY-----/.test(text)) {
    throw new Refusal("holds no private key in PEM");
  }
  try {
    return createPrivateKey(text);
  } catch {
    throw new Refusal("the private key cannot be read");
  }
}

/** The message that a file cannot be used. */
export function unusable(path: string, reason: string): string {
  return `${quote(path)}: ${reason}`;
}
