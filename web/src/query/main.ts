/** The query page. */
import "./query.css";
import { Editor } from "./editor";
import { describeEndpoint } from "./description";
const app = document.getElementById("app")!;
new Editor(app, { text: "SELECT * { ?s ?p ?o } LIMIT 10", label: "Q", language: "ar", described: describeEndpoint(), run: () => {}, changed: () => {} });
