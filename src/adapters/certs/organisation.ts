/** Subject organisation of every CA made here: how our own CA is told from somebody else's. */
export const ORGANISATION = "keymate-guard";
