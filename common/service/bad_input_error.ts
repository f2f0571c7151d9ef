/**
 * Thrown by a service that cannot use what the user gave it, such as an input file.
 *
 * The message is one line for the terminal that names the option. Nothing is broken: the run ends
 * with the exit code of bad input.
 */
export class BadInputError extends Error {
  override readonly name = "BadInputError";
}
