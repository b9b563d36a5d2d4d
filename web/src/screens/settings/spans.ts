/** How long something is valid, as one chooses it: seconds. */
export const HOUR = 3_600;
export const DAY = 86_400;
