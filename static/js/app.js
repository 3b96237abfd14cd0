/* Everything every page does. Each module starts itself; order does not matter. */
import "./attach.js";
import "./clocks.js";
import "./dialogs.js";
import "./drafts.js";
import "./frame.js";
import "./keyboard.js";
import "./list.js";
import "./pickers.js";
import "./quicklog.js";
import "./record.js";
import "./requests.js";
import "./submit.js";
import "./targets.js";
