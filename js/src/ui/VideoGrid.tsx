// Who is on the stage, and where: measures the room there is and asks `layout.ts`.
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { inPhase, type Person, type Rows } from "../store/rows.ts";
import { useRoom } from "./context.ts";
import { type Box, duet, grid, solo } from "./layout.ts";
import { Tile } from "./Tile.tsx";

interface Placed {
  person: Person;
  box: Box;
  small: boolean;
}

export function VideoGrid() {
  const { state, t } = useRoom();
  const ref = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState({ width: 960, height: 540 });
  useLayoutEffect(() => {
    const element = ref.current;
    if (element === null) return;
    const measure = () => {
      const { clientWidth: width, clientHeight: height } = element;
      if (width > 0 && height > 0) setSize({ width, height });
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const { rows, door } = state.value;
  const people = rows === null ? [] : onStage(rows);
  const alone = people.every((person) => person.you);
  return (
    <div class="stage-grid" ref={ref}>
      {place(people, size.width, size.height).map((placed) => (
        <Tile key={placed.person.id} {...placed} />
      ))}
      {alone && <p class="stage-words">{door === "guest" ? t.stage.aloneClient : t.stage.alone}</p>}
    </div>
  );
}

/** Providers first, then clients in the order of their coming, oneself last. Observers without a picture are listed, not shown. */
function onStage(rows: Rows): Person[] {
  const rank = (person: Person) => (person.you ? 2 : person.role === "provider" ? 0 : 1);
  return inPhase(rows, "admitted")
    .filter((person) => person.you || person.role === "client" || person.inCall)
    .filter((person) => person.role !== "supervisor" || person.publications.length > 0)
    .sort((a, b) => rank(a) - rank(b) || (a.sinceMs ?? 0) - (b.sinceMs ?? 0));
}

function place(people: readonly Person[], width: number, height: number): Placed[] {
  const [first, second] = people;
  if (people.length === 1 && first !== undefined) {
    return [{ person: first, box: solo(width, height), small: false }];
  }
  if (people.length === 2 && first !== undefined && second?.you) {
    const { other, self } = duet(width, height);
    return [
      { person: first, box: other, small: false },
      { person: second, box: self, small: true },
    ];
  }
  const boxes = grid(people.length, width, height, width < 600 ? 8 : 12);
  return people.flatMap((person, index) => {
    const box = boxes[index];
    return box === undefined ? [] : [{ person, box, small: false }];
  });
}
