#:property PublishAot=false
// Checks the symbols of packages: dotnet run packaging/symbols.cs ROOT PACKAGE.snupkg ...
// Each document must have its source in the portable PDB, and that of a file below ROOT must be the text of the file.
using System.IO.Compression;
using System.Reflection.Metadata;

var embeddedSource = new Guid("0E8A571B-6926-466E-B4AD-8AB04611F5FE");
var (checkedFiles, mistakes) = (0, 0);
foreach (var package in args[1..])
{
    using var zip = ZipFile.OpenRead(package);
    foreach (var entry in zip.Entries.Where(entry => entry.Name.EndsWith(".pdb", StringComparison.Ordinal)))
    {
        var symbols = new MemoryStream();
        entry.Open().CopyTo(symbols);
        symbols.Position = 0;
        var reader = MetadataReaderProvider.FromPortablePdbStream(symbols).GetMetadataReader();
        foreach (var document in reader.Documents)
            Check($"{entry.Name}: {reader.GetString(reader.GetDocument(document).Name)}", reader.GetString(reader.GetDocument(document).Name), Source(reader, document));
    }
}

Console.WriteLine($"{checkedFiles} sources are those of the checkout, {mistakes} are missing or others");
return mistakes == 0 && checkedFiles > 0 ? 0 : 1;

void Check(string what, string name, byte[]? source)
{
    var file = Path.Combine(args[0], name.Replace("/_/", "", StringComparison.Ordinal));
    // Generated sources are not files of the checkout.
    var isFile = name.StartsWith("/_/src/", StringComparison.Ordinal) && File.Exists(file);
    if (source is null || (isFile && !source.AsSpan().SequenceEqual(File.ReadAllBytes(file))))
    {
        Console.WriteLine($"{what}: {(source is null ? "no source" : "another text")}");
        mistakes++;
    }
    else if (isFile)
    {
        checkedFiles++;
    }
}

// The length of the text comes first if it is compressed, and otherwise 0.
byte[]? Source(MetadataReader reader, DocumentHandle document)
{
    foreach (var information in reader.GetCustomDebugInformation(document).Select(reader.GetCustomDebugInformation))
    {
        if (reader.GetGuid(information.Kind) != embeddedSource)
            continue;
        var blob = reader.GetBlobBytes(information.Value);
        if (BitConverter.ToInt32(blob) == 0)
            return blob[4..];
        var text = new MemoryStream();
        using DeflateStream deflate = new(new MemoryStream(blob[4..]), CompressionMode.Decompress);
        deflate.CopyTo(text);
        return text.ToArray();
    }

    return null;
}
