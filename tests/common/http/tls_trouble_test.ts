import { assertEquals, assertMatch } from "@std/assert";
import { tlsTrouble } from "../../../common/http/tls_trouble.ts";

/** What the library said of servers that were really asked (Deno 2.9). */
const SAID: readonly [said: string, trouble: RegExp][] = [
  ["invalid peer certificate: UnknownIssuer", /--ca-cert$/],
  ["invalid peer certificate: Other(OtherError(CaUsedAsEndEntity))", /basicConstraints=CA:FALSE$/],
  [
    'invalid peer certificate: certificate not valid for name "localhost"; certificate is only ' +
    'valid for DnsName("other") or IpAddress(10.0.0.1)',
    /^its certificate is for other names than that in --url: other, 10\.0\.0\.1$/,
  ],
  [
    "invalid peer certificate: certificate expired: verification time 1795699353 (UNIX), but " +
    "certificate is not valid after 1738368000 (57331353 seconds ago)",
    /^its certificate has expired$/,
  ],
  [
    "invalid peer certificate: certificate not valid yet: verification time 1 (UNIX), but " +
    "certificate is not valid before 2",
    /is not valid yet; is the clock right here\?$/,
  ],
  ["received fatal alert: CertificateRequired", /--client-cert and --client-key$/],
  ["received corrupt message of type InvalidContentType", /^it does not speak TLS; is it http/],
  ["received fatal alert: ProtocolVersion", /1\.2 and 1\.3$/],
  ["received fatal alert: NoApplicationProtocol", /HTTP\/2; leave --http-version out$/],
  [
    "received fatal alert: HandshakeFailure",
    /none of the ciphers that are safe, or wants to see a certificate/,
  ],
];

Deno.test("each trouble with TLS is told by what has to be mended", () => {
  for (const [said, trouble] of SAID) assertMatch(tlsTrouble(said) ?? "", trouble, said);
});

Deno.test("what is no trouble with TLS, or one that is not known, is left to others", () => {
  assertEquals(tlsTrouble("tcp connect error: Connection refused"), null);
  assertEquals(tlsTrouble("invalid peer certificate: BadEncoding"), null);
});
