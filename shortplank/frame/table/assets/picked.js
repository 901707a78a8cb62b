// Tells the server which row of a table was picked; the table itself is HTML of the page.
export default function ({ data, setStateValue }) {
  const hear = ({ detail }) => {
    if (detail.table === data.table) setStateValue("row", detail.row);
  };
  document.addEventListener("shortplank:pick", hear);
  // A row may be picked before this is here; and where Streamlit has made the table's elements
  // anew, the picked row is marked again.
  const box = document.querySelector(`.table-box[data-key="${CSS.escape(data.table)}"]`);
  const pressed = box?.querySelector('.pick[aria-pressed="true"]');
  const row = pressed ? Number(pressed.dataset.row) : null;
  if (row !== null && row !== data.row) setStateValue("row", row);
  if (row === null && data.row !== null)
    box?.querySelector(`.pick[data-row="${data.row}"]`)?.setAttribute("aria-pressed", "true");
  return () => document.removeEventListener("shortplank:pick", hear);
}
