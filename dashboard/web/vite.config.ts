import { defineConfig } from "vitest/config";

export default defineConfig({
  build: {
    // The server finds the page here on the class path.
    outDir: "../target/classes/io/tapekeeper/dashboard/page",
    emptyOutDir: true,
    assetsInlineLimit: 0, // the Content-Security-Policy forbids data: URLs
    reportCompressedSize: false,
    license: { fileName: "licences.txt" }, // licences of the bundled libraries; the footer links to this file
  },
  // For `npm run dev`: the page comes from Vite, the data from a running Tapekeeper.
  server: { proxy: { "/api": "http://127.0.0.1:8080" } },
  test: { include: ["src/**/*.test.ts"] },
});
