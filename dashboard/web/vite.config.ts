import { defineConfig } from "vitest/config";

export default defineConfig({
  build: {
    // Where the server looks for it on the class path.
    outDir: "../target/classes/io/tapekeeper/dashboard/page",
    emptyOutDir: true,
    assetsInlineLimit: 0, // the Content-Security-Policy allows no data: addresses
    reportCompressedSize: false,
    license: { fileName: "licences.txt" }, // of what is bundled; the footer links to it
  },
  // For `npm run dev`: the page from Vite, the data from a Tapekeeper that runs.
  server: { proxy: { "/api": "http://127.0.0.1:8080" } },
  test: { include: ["src/**/*.test.ts"] },
});
