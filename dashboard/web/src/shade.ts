import type {
  IPanePrimitive,
  IPanePrimitivePaneView,
  ISeriesApi,
  ITimeScaleApi,
  Time,
  UTCTimestamp,
} from "lightweight-charts";
import type { Stretch } from "./points";

type Target = Parameters<
  NonNullable<NonNullable<ReturnType<IPanePrimitivePaneView["renderer"]>>["drawBackground"]>
>[0];

/** A range of values that is tinted across the whole pane. */
export interface Corridor {
  series: ISeriesApi<"Line", Time>;
  from: number;
  to: number;
}

export interface ShadeColours {
  gap: string;
  incomplete: string;
  corridor: string;
  label: string;
}

/** Tints the background of a pane: time ranges, and one range of values. */
export class Shade implements IPanePrimitive<Time> {
  private stretches: readonly Stretch[] = [];
  private corridor: Corridor | undefined;
  private colours: ShadeColours = { gap: "", incomplete: "", corridor: "", label: "" };
  private redraw: (() => void) | undefined;

  constructor(
    private readonly scale: ITimeScaleApi<Time>,
    private readonly labelled: boolean,
    private readonly font: string,
  ) {}

  attached(parameters: { requestUpdate: () => void }): void {
    this.redraw = parameters.requestUpdate;
  }

  colour(colours: ShadeColours): void {
    this.colours = colours;
    this.redraw?.();
  }

  show(stretches: readonly Stretch[]): void {
    this.stretches = stretches;
    this.redraw?.();
  }

  mark(corridor: Corridor | undefined): void {
    this.corridor = corridor;
    this.redraw?.();
  }

  paneViews(): IPanePrimitivePaneView[] {
    return [
      {
        zOrder: () => "bottom",
        renderer: () => ({
          draw: () => {},
          drawBackground: (target) => this.draw(target),
        }),
      },
    ];
  }

  private draw(target: Target): void {
    target.useMediaCoordinateSpace(({ context, mediaSize }) => {
      if (this.corridor !== undefined) {
        const top = this.corridor.series.priceToCoordinate(this.corridor.to);
        const bottom = this.corridor.series.priceToCoordinate(this.corridor.from);
        if (top !== null && bottom !== null) {
          context.fillStyle = this.colours.corridor;
          context.fillRect(0, top, mediaSize.width, bottom - top);
        }
      }
      const half = this.scale.options().barSpacing / 2;
      context.font = this.font;
      for (const { from, to, missing } of this.stretches) {
        const left = this.scale.timeToCoordinate(from as UTCTimestamp);
        const right = this.scale.timeToCoordinate(to as UTCTimestamp);
        if (left === null || right === null || right + half < 0 || left - half > mediaSize.width) {
          continue;
        }
        context.fillStyle = missing ? this.colours.gap : this.colours.incomplete;
        context.fillRect(left - half, 0, right - left + 2 * half, mediaSize.height);
        if (this.labelled && right - left > 40) {
          const label = missing ? "no data" : "incomplete";
          context.fillStyle = this.colours.label;
          context.fillText(label, Math.max(4, left - half + 4), mediaSize.height - 8);
        }
      }
    });
  }
}
