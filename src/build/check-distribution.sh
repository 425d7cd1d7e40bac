#!/bin/sh
# check-distribution.sh ARCHIVE.tar.gz VERSION FOLDER JDK: unpacks the archive into FOLDER, whose path gets
# a blank, and starts it through a chain of symbolic links from another directory.
set -eu
archive=$1
version=$2
folder=$3
java=$4

rm -rf "$folder"
mkdir -p "$folder/un packed" "$folder/links"
tar -xzf "$archive" -C "$folder/un packed"
root=$folder/un\ packed/fnprune-$version
for file in bin/fnprune bin/fnprune.bat fnprune.jar LICENSE README.md SECURITY.md THIRD-PARTY.md bom.json recipes/polymath-add.yaml; do
  test -f "$root/$file" || { echo "the archive has no $file" >&2; exit 1; }
done
ln -s "../un packed/fnprune-$version/bin/fnprune" "$folder/links/relative"
ln -s "$folder/links/relative" "$folder/links/fnprune"

for start in "$root/bin/fnprune" "$folder/links/fnprune"; do
  said=$(cd / && "$start" --version)
  if [ "$said" != "fnprune $version" ]; then
    echo "$start --version said: $said" >&2
    exit 1
  fi
done
# What the manifest names must be there: its classes are loaded one by one, when they are needed.
(cd "$folder" && "$java/bin/jar" xf "$root/fnprune.jar" META-INF/MANIFEST.MF)
test -s "$folder/META-INF/MANIFEST.MF"
tr -d '\r' < "$folder/META-INF/MANIFEST.MF" | sed -e ':a' -e 'N' -e '$!ba' -e 's/\n //g' \
  | sed -n 's/^Class-Path: //p' | tr ' ' '\n' > "$folder/libraries"
test -s "$folder/libraries"
while read -r jar; do
  test -f "$root/$jar" || { echo "the archive has no $jar" >&2; exit 1; }
done < "$folder/libraries"
rm -rf "$folder"
echo "checked: $archive starts"
