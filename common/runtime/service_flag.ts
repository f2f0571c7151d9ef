/** The hidden role flag: what follows it makes this executable one service. */
export const SERVICE_FLAG = "--service";
