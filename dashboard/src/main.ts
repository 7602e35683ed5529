import { mount } from "svelte";
import App from "./App.svelte";
import { tongue } from "./lib/tongue.svelte";
import "./styles/fonts.css";
import "./styles/tokens.css";
import "./styles/base.css";

await tongue.begin();
mount(App, { target: document.getElementById("page")! });
