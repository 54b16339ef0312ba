/** Folders of pictures for tests of data sources. */
import { dirname, join } from "@std/path";
import { encodePicture } from "../../../core/plugin.ts";

/** Text or bytes by path, `null` for an empty folder. */
export type Files = Readonly<Record<string, Uint8Array | Promise<Uint8Array> | string | null>>;

/** A flat PNG. */
export function png(level: number, width = 4, height: number = width): Promise<Uint8Array> {
  const data = new Uint8Array(width * height * 3).fill(level);
  return encodePicture({ data, width, height, channels: 3 }, ".png");
}

/** A PNG of two flat halves. */
export function halves(left: number, right: number, width = 4): Promise<Uint8Array> {
  const data = Uint8Array.from({ length: width * 4 * 3 }, (_, i) => {
    return Math.floor(i / 3) % width < width / 2 ? left : right;
  });
  return encodePicture({ data, width, height: 4, channels: 3 }, ".png");
}

/** Runs `body` in a folder with these files. */
export async function inFolder(
  files: Files,
  body: (root: string) => Promise<void>,
): Promise<void> {
  const root = await Deno.makeTempDir({ prefix: "pairlab-" });
  try {
    for (const [path, content] of Object.entries(files)) {
      const full = join(root, ...path.split("/"));
      await Deno.mkdir(content === null ? full : dirname(full), { recursive: true });
      if (typeof content === "string") await Deno.writeTextFile(full, content);
      else if (content !== null) await Deno.writeFile(full, await content);
    }
    await body(root);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}
