import { mount } from "svelte";
import App from "./App.svelte";
import { tongue } from "./lib/tongue.svelte";
import "./styles/fonts.css";
import "./styles/tokens.css";
import "./styles/base.css";

await tongue.begin();
const target = document.getElementById("page")!;
target.replaceChildren();
mount(App, { target });
