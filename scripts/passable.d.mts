export function makePassable(places: string[], say: (text: string) => void): void
