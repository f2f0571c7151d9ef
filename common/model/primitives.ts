/**
 * Schemas of single values, for all that are made of them.
 *
 * Each process of a run builds the schemas of all messages when it starts, and most of what those
 * consist of are plain numbers and texts; a schema never changes, so that one of each kind will do.
 */
import * as z from "zod/mini";

/** Any finite number. */
export const NUMBER = z.number();

/** A whole number that a double can hold exactly. */
export const INT = z.int();

/** Any text. */
export const STRING = z.string();

/** Yes or no. */
export const BOOLEAN = z.boolean();
