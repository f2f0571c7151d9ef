import { assert, assertAlmostEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { studentTCritical } from "../../../common/stats/student_t.ts";

/** By degrees of freedom, computed with forty digits from the incomplete beta function. */
const TABLE: readonly [confidence: number, byDegrees: readonly [number, number][]][] = [
  [0.5, [[1, 1], [2, 0.816496580927726], [5, 0.726686843800423], [9, 0.702722146751326]]],
  [0.8, [[1, 3.07768353717525], [3, 1.63774435369621], [8, 1.39681530974386]]],
  [0.9, [[1, 6.31375151467504], [4, 2.13184678632665], [7, 1.89457860509001]]],
  [0.95, [
    [1, 12.7062047361747],
    [2, 4.30265272974946],
    [3, 3.18244630528371],
    [4, 2.77644510519779],
    [5, 2.57058183563632],
    [6, 2.44691185114497],
    [7, 2.36462425159279],
    [8, 2.30600413520417],
    [9, 2.26215716279821],
    [30, 2.04227245630124],
    [100, 1.98397151852355],
  ]],
  [0.99, [[1, 63.6567411628716], [2, 9.92484320091829], [6, 3.70742802132478]]],
  [0.999, [[1, 636.61924876872], [4, 8.61030158137928], [9, 4.78091258593114]]],
  [0.99999, [[1, 63661.9772315221], [2, 316.225394303652], [9, 8.82748361682305]]],
];

for (const [confidence, byDegrees] of TABLE) {
  Deno.test(`the critical values at ${confidence} are those of the table`, () => {
    for (const [degrees, expected] of byDegrees) {
      const actual = studentTCritical(confidence, degrees);
      assertAlmostEquals(actual / expected, 1, 1e-9, `${degrees} degrees`);
    }
  });
}

const confidences = fc.double({ min: 0.01, max: 0.9999, noNaN: true });

Deno.test("a critical value covers the confidence: the density integrates to it", () => {
  fc.assert(
    fc.property(confidences, fc.integer({ min: 1, max: 40 }), (confidence, degrees) => {
      const critical = studentTCritical(confidence, degrees);
      assertAlmostEquals(integrateDensity(critical, degrees), confidence, 1e-8);
    }),
    { seed: 1, numRuns: 50 },
  );
});

Deno.test("a critical value grows with the confidence and shrinks with the degrees", () => {
  fc.assert(
    fc.property(confidences, fc.integer({ min: 1, max: 200 }), (confidence, degrees) => {
      const critical = studentTCritical(confidence, degrees);
      assert(studentTCritical(confidence, degrees + 1) < critical);
      assert(studentTCritical(confidence + 0.00005, degrees) > critical);
    }),
    { seed: 2 },
  );
});

Deno.test("impossible confidences and degrees are refused", () => {
  for (const confidence of [0, 1, -0.5, 1.5, NaN]) {
    assertThrows(
      () => studentTCritical(confidence, 4),
      RangeError,
      `A confidence must be above 0 and below 1, got ${confidence}`,
    );
  }
  for (const degrees of [0, -1, 2.5, Infinity, NaN]) {
    assertThrows(
      () => studentTCritical(0.95, degrees),
      RangeError,
      `Degrees of freedom must be a whole number from 1, got ${degrees}`,
    );
  }
});

/**
 * The integral of the density from -t to t by Simpson's rule, over `tan` of the variable, where the
 * integrand is a power of a cosine; scaled by the integral over all t, so that it needs no gamma.
 */
function integrateDensity(t: number, degrees: number): number {
  const density = (angle: number) => Math.cos(angle) ** (degrees - 1);
  return simpson(density, Math.atan(t / Math.sqrt(degrees))) / simpson(density, Math.PI / 2);
}

function simpson(f: (x: number) => number, end: number): number {
  const steps = 2000;
  let sum = f(0) + f(end);
  for (let i = 1; i < steps; i++) sum += f(i * end / steps) * (i % 2 === 1 ? 4 : 2);
  return sum * end / steps / 3;
}
