import type { RunEvent } from "../../../common/model/run_event.ts";
import { endLine } from "./end_line.ts";
import { advance, NO_PROGRESS, type Progress, renderProgress } from "./progress.ts";
import type { Terminal } from "./terminal.ts";

/** How much the run shows of itself while it goes on. */
export type UiType = "simple" | "none";

/** How a run's progress is shown. */
export interface RunViewOptions {
  readonly ui: UiType;
  /** What every line begins with, such as `run 2 of 5`; empty: nothing. */
  readonly name?: string;
  /** Whether what is said of the data set is shown; false: another run has shown it. */
  readonly saysNotes?: boolean;
  /** How often the plain view says how far the run is. */
  readonly plainIntervalMs: number;
}

/** Shows a run's progress: one living line on a terminal, a plain line now and then elsewhere. */
export class RunView {
  readonly #terminal: Terminal;
  readonly #ui: UiType;
  readonly #saysNotes: boolean;
  readonly #name: string;
  readonly #plainIntervalNs: number;
  #progress: Progress = NO_PROGRESS;
  #lastPlainNs = 0;
  /** Nothing goes on of which it could be said how far it is: a phase has ended. */
  #isBetween = false;
  #isOver = false;

  constructor(
    terminal: Terminal,
    { ui, name = "", saysNotes = true, plainIntervalMs }: RunViewOptions,
  ) {
    this.#terminal = terminal;
    this.#ui = ui;
    this.#saysNotes = saysNotes;
    this.#plainIntervalNs = plainIntervalMs * 1e6;
    this.#name = name;
  }

  /** Takes note of an event. */
  note(event: RunEvent, nowNs: number): void {
    this.#progress = advance(this.#progress, event);
    if (event.type === "phase_started") this.#isBetween = false;
    if (this.#ui === "none" && event.type === "phase_started") this.#plain(nowNs);
    if (event.type === "dataset_progress") this.#showLook(nowNs);
    if (event.type === "dataset_note" && this.#saysNotes) {
      this.#terminal.line(`aiperf: ${event.text}`);
    }
    if (event.type === "phase_complete") this.#sayEnd(event, nowNs);
  }

  /** Shows where the run is now; to be called a few times a second. */
  refresh(nowNs: number): void {
    if (this.#isBetween || this.#isOver) return;
    if (this.#ui === "simple") {
      const place = { width: this.#terminal.statusWidth, name: this.#name };
      return this.#terminal.status(renderProgress(this.#progress, nowNs, place));
    }
    if (nowNs - this.#lastPlainNs >= this.#plainIntervalNs) this.#plain(nowNs);
  }

  /** Says something that stays. */
  say(text: string): void {
    this.#terminal.line(this.#name === "" ? text : `${this.#name} · ${text}`);
  }

  /** Takes the living line away. */
  end(): void {
    this.#isOver = true;
    this.#terminal.clear();
  }

  #plain(nowNs: number): void {
    this.#lastPlainNs = nowNs;
    if (this.#progress.phase !== null) this.say(renderProgress(this.#progress, nowNs));
  }

  /** Comes before anything else is shown, so that nobody thinks that nothing happens. */
  #showLook(nowNs: number): void {
    if (this.#progress.phase !== null || this.#isOver) return;
    const isFirst = this.#lastPlainNs === 0;
    if (this.#ui === "simple") return this.refresh(nowNs);
    if (!isFirst && nowNs - this.#lastPlainNs < this.#plainIntervalNs) return;
    this.#lastPlainNs = nowNs;
    this.say(renderProgress(this.#progress, nowNs));
  }

  /** Of a phase that has ended only this stays: its living line would be out of date. */
  #sayEnd(event: RunEvent & { type: "phase_complete" }, nowNs: number): void {
    const { phase, plannedRequests } = this.#progress;
    this.#isBetween = true;
    this.#lastPlainNs = nowNs;
    this.#terminal.clear();
    this.say(endLine(event, phase === event.phase ? plannedRequests : null));
  }
}
