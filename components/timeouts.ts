/** After so many minutes a command that only writes settings has failed. */
export const settingsMinutes = 10;
/** After so many minutes a command that waits for a healthy cluster has failed. */
export const healthMinutes = 30;
/** After so many minutes a command that moves all the data has failed; as far as it came is kept by the agent. */
export const dataMinutes = 24 * 60;
