"""how it felt"""

import sqlalchemy as sa
from alembic import op

from habits.storage import tables

revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('people', sa.Column('asks_tension', sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column('people', sa.Column('asks_facets', sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column('check_ins', sa.Column('tension_before', sa.Integer(), nullable=True))
    op.add_column('check_ins', sa.Column('tension_after', sa.Integer(), nullable=True))
    op.add_column('check_ins', sa.Column('facets', tables.Json(), nullable=True))


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before the upgrade")
