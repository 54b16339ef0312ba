/** How a head is looked at. */
export interface View {
  /** Where the light comes from, degrees clockwise from above. */
  readonly light: number;
  /** Small in the picture, so that less detail shows. */
  readonly plain: boolean;
}
