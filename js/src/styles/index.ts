// All style sheets of the room, in order. Everything in them is scoped under `.telehealth-widget`.
import "./tokens.css";
import "./base.css";
import "./screens.css";
import "./stage.css";
import "./controls.css";
import "./panels.css";
import "./doctor.css";
import "./devices.css";
import "./background.css";
import "./test.css";
