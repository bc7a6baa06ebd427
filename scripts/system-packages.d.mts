export function missingForTests(): string[]
export function installCommand(packages: readonly string[]): string
