/** The query page. */

import { h, render } from "preact";
import { App } from "./app";
import "./query.css";

render(h(App, {}), document.getElementById("app")!);
