export function cacheDirectory(): string
export function runs(command: string, args?: string[]): string | undefined
export function run(title: string, command: string, args: string[], options?: object): Promise<boolean>
export const FAIR: readonly string[]
export function temporalCli(): Promise<string>
export function testServer(): Promise<string>
export function chromium(): Promise<string>
