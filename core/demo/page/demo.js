"use strict";
(() => {
  const about = JSON.parse(document.getElementById("about").textContent);
  const $ = (id) => document.getElementById(id);
  const side = { height: about.height, width: about.width };
  /** The largest side that is worked on: larger photographs are made smaller first. */
  const LARGEST = 3000;
  let picture = null, work = 0, engine = null, starting = null;

  const say = (text) => $("status").textContent = text;

  const startEngine = (wanted) => {
    say("Starting…");
    starting = Engine.start(wanted).then((started) => {
      engine = started;
      $("engine").value = started.name;
      say(`Ready on ${started.words}. Drop a photograph.`);
    });
    return starting.catch((error) => {
      say(`Cannot start: ${error.message}`);
      throw error;
    });
  };

  /** Draws what is to be restored: the photograph, spoilt as much as the slider says. */
  const spoil = () => {
    const canvas = $("input");
    canvas.width = picture.width;
    canvas.height = picture.height;
    const context = canvas.getContext("2d", { willReadFrequently: true });
    const amount = Number($("amount").value);
    const { width, height } = picture;
    context.filter = "none";
    if (about.spoil === "blur" && amount > 0) context.filter = `blur(${amount / 10}px)`;
    if (about.spoil === "grey") context.filter = `grayscale(${amount}%)`;
    if (about.spoil === "small" && amount > 0) {
      const scale = 1 / (1 + amount / 15);
      const small = new OffscreenCanvas(Math.max(1, width * scale), Math.max(1, height * scale));
      small.getContext("2d").drawImage(picture, 0, 0, small.width, small.height);
      context.drawImage(small, 0, 0, width, height);
    } else context.drawImage(picture, 0, 0);
    if (about.spoil === "noise" && amount > 0) {
      const pixels = context.getImageData(0, 0, width, height);
      for (let at = 0; at < pixels.data.length; at++) {
        if (at % 4 < 3) {
          pixels.data[at] += amount * 1.2 * (Math.random() + Math.random() + Math.random() - 1.5);
        }
      }
      context.putImageData(pixels, 0, 0);
    }
    return context.getImageData(0, 0, width, height);
  };

  const restore = async () => {
    if (picture === null) return;
    const own = ++work;
    const pixels = spoil();
    $("result").hidden = false;
    $("stage").style.aspectRatio = `${pixels.width} / ${pixels.height}`;
    document.body.dataset.state = "working";
    await starting;
    if (own !== work) return;
    const started = performance.now();
    try {
      const predict = (levels) => Engine.predict(levels, side, about.inputChannels);
      const result = await Tiles.translate(
        pixels,
        side,
        about.targetChannels,
        predict,
        async (done, total) => {
          if (own !== work) throw new Error("superseded");
          $("progress").max = total;
          $("progress").value = done;
          say(`Tile ${done} of ${total} on ${engine.words}`);
          await new Promise((resolve) => setTimeout(resolve, 0));
        },
      );
      const canvas = $("output");
      canvas.width = result.width;
      canvas.height = result.height;
      canvas.getContext("2d").putImageData(result, 0, 0);
      $("save").disabled = false;
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      say(
        `${result.width}x${result.height} in ${seconds} s on ${engine.words}. Nothing left this page.`,
      );
      document.body.dataset.state = "done";
    } catch (error) {
      if (error.message === "superseded") return;
      document.body.dataset.state = "failed";
      say(`Cannot restore this picture: ${error.message}`);
    }
  };

  const open = async (file) => {
    try {
      const bitmap = await createImageBitmap(file, { colorSpaceConversion: "default" });
      const scale = Math.min(1, LARGEST / Math.max(bitmap.width, bitmap.height));
      picture = scale === 1 ? bitmap : await createImageBitmap(bitmap, {
        resizeWidth: Math.round(bitmap.width * scale),
        resizeHeight: Math.round(bitmap.height * scale),
        resizeQuality: "high",
      });
    } catch {
      say("This file is no picture that the browser can read.");
      return;
    }
    // Empties the canvas: the result of the picture before is not this one's.
    $("output").width = picture.width;
    $("output").height = picture.height;
    $("save").disabled = true;
    await restore();
  };

  const wipe = () => $("stage").style.setProperty("--wipe", `${$("wipe").value}%`);

  // Opening: a file, a drop, a paste, the camera.
  $("file").addEventListener(
    "change",
    (event) => event.target.files[0] && open(event.target.files[0]),
  );
  document.addEventListener("paste", (event) => {
    const file = [...event.clipboardData.files].find(({ type }) => type.startsWith("image/"));
    if (file !== undefined) open(file);
  });
  for (const name of ["dragenter", "dragover"]) {
    document.addEventListener(name, (event) => {
      event.preventDefault();
      document.body.dataset.dragged = "";
    });
  }
  for (const name of ["dragleave", "drop"]) {
    document.addEventListener(name, () => delete document.body.dataset.dragged);
  }
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    const [file] = event.dataTransfer.files;
    if (file !== undefined) open(file);
  });
  let stream = null;
  $("camera").addEventListener("click", async () => {
    try {
      if (stream === null) {
        stream = await navigator.mediaDevices.getUserMedia({
          video: { facingMode: "environment" },
        });
        $("video").srcObject = stream;
        $("video").hidden = false;
        await $("video").play();
        $("camera").textContent = "Take the picture";
        return;
      }
      const shot = await createImageBitmap($("video"));
      for (const track of stream.getTracks()) track.stop();
      stream = null;
      $("video").hidden = true;
      $("camera").textContent = "Camera";
      picture = shot;
      await restore();
    } catch (error) {
      say(`The camera cannot be used: ${error.message}`);
    }
  });

  $("amount").addEventListener("change", restore);
  $("amount").addEventListener("input", () => $("amount-out").value = `${$("amount").value} %`);
  $("wipe").addEventListener("input", wipe);
  $("stage").addEventListener("pointermove", (event) => {
    if (event.buttons === 0) return;
    const { left, width } = $("stage").getBoundingClientRect();
    $("wipe").value = String(Math.max(0, Math.min(100, (100 * (event.clientX - left)) / width)));
    wipe();
  });
  $("engine").addEventListener("change", async (event) => {
    work++;
    await startEngine(event.target.value).then(restore, () => {});
  });
  $("save").addEventListener("click", () => {
    $("output").toBlob((blob) => {
      const link = document.createElement("a");
      link.href = URL.createObjectURL(blob);
      link.download = "restored.png";
      link.click();
      URL.revokeObjectURL(link.href);
    }, "image/png");
  });

  $("spoiling").hidden = about.spoil === "none";
  for (const name of Engine.candidates()) {
    $("engine").append(new Option(Engine.NAMES[name], name));
  }
  wipe();
  const wanted = new URLSearchParams(location.search).get("engine") ?? "auto";
  startEngine(wanted in Engine.NAMES ? wanted : "auto").then(
    () => document.body.dataset.state ??= "ready",
    () => {},
  );
})();
