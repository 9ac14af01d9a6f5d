// Many files go up as one zip. Streamlit draws its uploader anew for each file and each part of one that has arrived,
// for which a page with 1,000 of them stood still for 16 s. So what is chosen or dropped is packed before Streamlit
// sees it: a zip without compression, whose parts the browser need not copy. Tests: tests/browser/test_uploads.py.
(() => {
  const MANY = 20, MOST = 65535; // files that are packed; a plain zip counts no further
  const LARGEST = 200 * 2 ** 20; // bytes of one upload, as .streamlit/config.toml has it
  const UTF8 = 0x800, VERSION = 20, YEAR_1980 = 0x21;

  const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
    for (let bit = 0; bit < 8; bit++) byte = byte & 1 ? (byte >>> 1) ^ 0xedb88320 : byte >>> 1;
    return byte;
  });
  const crc32 = (bytes) => {
    let sum = ~0;
    for (let at = 0; at < bytes.length; at++) sum = TABLE[(sum ^ bytes[at]) & 255] ^ (sum >>> 8);
    return ~sum >>> 0;
  };

  // Numbers of 2 or 4 bytes, the lowest first, given as [value, bytes].
  const packed = (...fields) => {
    const view = new DataView(new ArrayBuffer(fields.reduce((sum, [, bytes]) => sum + bytes, 0)));
    let at = 0;
    for (const [value, bytes] of fields) {
      bytes === 2 ? view.setUint16(at, value, true) : view.setUint32(at, value, true);
      at += bytes;
    }
    return view.buffer;
  };

  const zip = async (files) => {
    const parts = [], entries = [];
    let offset = 0, directory = 0;
    for (const file of files) {
      const name = new TextEncoder().encode(file.name), sum = crc32(new Uint8Array(await file.arrayBuffer()));
      const told = [[VERSION, 2], [UTF8, 2], [0, 2], [0, 2], [YEAR_1980, 2], [sum, 4], [file.size, 4], [file.size, 4],
        [name.length, 2], [0, 2]];
      parts.push(packed([0x04034b50, 4], ...told), name, file);
      entries.push(packed([0x02014b50, 4], [VERSION, 2], ...told, [0, 2], [0, 2], [0, 2], [0, 4], [offset, 4]), name);
      offset += 30 + name.length + file.size;
      directory += 46 + name.length;
    }
    const end = packed([0x06054b50, 4], [0, 4], [files.length, 2], [files.length, 2], [directory, 4], [offset, 4],
      [0, 2]);
    return new File([...parts, ...entries, end], `${files.length} files.zip`, { type: "application/zip" });
  };

  const take = async (event) => {
    const input = event.target.closest?.('[data-testid="stFileUploader"]')?.querySelector("input[type=file]");
    const { files, items } = event.dataTransfer ?? event.target;
    if (!input?.multiple || !files || files.length <= MANY || files.length > MOST) return;
    if ([...(items ?? [])].some((item) => item.webkitGetAsEntry?.()?.isDirectory)) return;
    const chosen = [...files];
    if (chosen.reduce((sum, file) => sum + file.size, 0) > LARGEST) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const one = new DataTransfer();
    one.items.add(await zip(chosen));
    input.files = one.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  };
  for (const kind of ["change", "drop"]) document.addEventListener(kind, take, true);
})();
