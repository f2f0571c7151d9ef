/** What the TLS library says, and what it means to who has to mend it. */
const TROUBLES: readonly [said: RegExp, trouble: string][] = [
  [
    /UnknownIssuer/,
    "its certificate comes from nobody who is trusted here; name the authority's certificate, or its " +
    "own where it has signed itself, with --ca-cert",
  ],
  [
    /CaUsedAsEndEntity/,
    "its certificate is that of an authority, which no server may use as its own; make one with " +
    "basicConstraints=CA:FALSE",
  ],
  [/not valid for name/, "its certificate is for other names than that in --url"],
  [/not valid after|\bExpired\b/, "its certificate has expired"],
  [/not valid before|NotValidYet/, "its certificate is not valid yet; is the clock right here?"],
  [/CertificateRequired/, "it wants to see a certificate; give --client-cert and --client-key"],
  [/InvalidContentType/, "it does not speak TLS; is it http rather than https?"],
  [/ProtocolVersion/, "it speaks no version of TLS that is safe, which are 1.2 and 1.3"],
  [/NoApplicationProtocol/, "it does not speak HTTP/2; leave --http-version out"],
  // Before TLS 1.3 there is no other word for a certificate that is not given.
  [
    /HandshakeFailure/,
    "it accepts none of the ciphers that are safe, or wants to see a certificate (--client-cert and " +
    "--client-key)",
  ],
];

/** What is wrong with a TLS connection, in words about the server; null: something else. */
export function tlsTrouble(said: string): string | null {
  const trouble = TROUBLES.find(([pattern]) => pattern.test(said))?.[1] ?? null;
  const names = [...said.matchAll(/(?:DnsName|IpAddress)\("?([^")]+)/g)].map(([, name]) => name);
  return trouble === null || names.length === 0 ? trouble : `${trouble}: ${names.join(", ")}`;
}
