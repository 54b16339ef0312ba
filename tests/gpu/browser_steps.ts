/** What `browser_test.ts` runs in a page: four steps on webgpu, whose losses the page then shows. */
import { startWebgpu } from "../../core/backends/webgpu/backend.ts";
import { createTrainer, lossesOf, SMALL } from "./trainer.ts";

declare const document: { title: string; readonly body: { textContent: string } };

const { adapter: { name } } = await startWebgpu();
const losses = await lossesOf(createTrainer(32, SMALL, "off"), 1, 4);
document.body.textContent = JSON.stringify({ adapter: name, losses });
document.title = "done";
