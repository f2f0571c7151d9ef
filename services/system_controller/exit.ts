/** Exit codes: see the README. */
export const EXIT = { complete: 0, failed: 1, badInput: 2, interrupted: 130, terminated: 143 };
