// Tells staff that the record cannot be written, for as long as that is so.
import { isStaff, ownRow } from "../store/rows.ts";
import { useRoom } from "./context.ts";

export function RecordBanner() {
  const { state, t } = useRoom();
  const { rows, unrecorded } = state.value;
  const me = rows === null ? null : ownRow(rows);
  if (rows === null || me === null || !isStaff(me)) return null;
  if (rows.session.recorded && !unrecorded) return null;
  return (
    <div class="banner banner-danger" role="alert">
      {rows.session.recorded ? t.stage.unrecorded : t.stage.notRecorded}
    </div>
  );
}
