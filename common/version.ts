/** The version of aiperf, as `--version` and every export show it. */
export const AIPERF_VERSION = "0.1.0";

/** The version of the wire protocol between services; a child that speaks another is refused. */
export const PROTOCOL_VERSION = 1;
