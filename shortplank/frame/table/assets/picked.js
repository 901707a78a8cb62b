// Tells the server which row of a table was picked; the table itself is HTML of the page.
export default function ({ data, setStateValue }) {
  const hear = ({ detail }) => {
    if (detail.table === data.table) setStateValue("row", detail.row);
  };
  document.addEventListener("shortplank:pick", hear);
  // Where Streamlit has made the table's elements anew, the picked row is marked again.
  const box = document.querySelector(`.table-box[data-key="${CSS.escape(data.table)}"]`);
  if (data.row !== null && !box?.querySelector('.pick[aria-pressed="true"]'))
    box?.querySelector(`.pick[data-row="${data.row}"]`)?.setAttribute("aria-pressed", "true");
  return () => document.removeEventListener("shortplank:pick", hear);
}
