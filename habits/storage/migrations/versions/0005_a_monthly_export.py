"""a monthly export"""

import sqlalchemy as sa
from alembic import op

from habits.storage import tables

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('people', sa.Column('exports_since', tables.Instant(timezone=True), nullable=True))
    with op.batch_alter_table('people', schema=None) as batch_op:
        batch_op.create_index('ix_people_exports', ['exports_since'], unique=False, sqlite_where=sa.text("exports_since IS NOT NULL"), postgresql_where=sa.text("exports_since IS NOT NULL"))


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before the upgrade")
