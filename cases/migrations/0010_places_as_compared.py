"""Note of every place that is there by what the same place is found again."""

from itertools import batched

from django.db import migrations

from cases.same_places import note_how_it_is_found


def note(apps, schema_editor):
    places = apps.get_model("cases", "Place").objects
    for some in batched(places.order_by("pk").iterator(chunk_size=1000), 1000):
        places.bulk_update(
            [note_how_it_is_found(place) for place in some], ["words_key", "latitude", "longitude"], batch_size=200
        )


class Migration(migrations.Migration):
    dependencies = [("cases", "0009_old_registers_and_papers")]

    operations = [migrations.RunPython(note, migrations.RunPython.noop)]
