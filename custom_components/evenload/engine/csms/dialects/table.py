"""Every dialect that is known, by make."""

from . import table_a_e, table_f_h, table_i_s, table_t_z
from .dialect import Dialect

DIALECTS: tuple[Dialect, ...] = (
    *table_a_e.DIALECTS,
    *table_f_h.DIALECTS,
    *table_i_s.DIALECTS,
    *table_t_z.DIALECTS,
)
