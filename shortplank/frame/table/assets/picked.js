// Tells the server which row of a table was picked; the table itself is HTML of the page.
export default function ({ data, setStateValue }) {
  const hear = ({ detail }) => {
    if (detail.table === data.table) setStateValue("row", detail.row);
  };
  document.addEventListener("shortplank:pick", hear);
  return () => document.removeEventListener("shortplank:pick", hear);
}
