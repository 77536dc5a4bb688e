/** Bits of what may be done with a page: of mappings in the software TLB, and of pages that are shared. 0: nothing. */
export const READABLE = 1;
export const WRITABLE = 2;
