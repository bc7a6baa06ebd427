// What is used of packages that bring no types along, or wrong ones.

declare module 'fontkit' {
  /** The one font that is in a file of it. */
  export function create(bytes: Buffer): { hasGlyphForCodePoint(codePoint: number): boolean }
}

declare module 'wawoff2/decompress.js' {
  /** The TrueType font in a WOFF2 file: bytes that the next call overwrites. */
  export default function decompress(font: Uint8Array): Promise<Uint8Array>
}

declare module 'bidi-js/dist/bidi.mjs' {
  /** UAX #9; levels are by code unit. */
  interface Bidi {
    getEmbeddingLevels(text: string): { readonly levels: Uint8Array }
    getMirroredCharacter(character: string): string | null
  }
  export default function bidiFactory(): Bidi
}
