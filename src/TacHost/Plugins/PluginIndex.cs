using System.Text;

namespace TacHost.Plugins;

/// <summary>
/// An index of the files of a plugin directory in the cache directory, like Twisted's <c>dropin.cache</c>. After any failure, the files are read again.
/// </summary>
internal static class PluginIndex
{
    /// <summary>The format version. Increment it with every change of the format below.</summary>
    private const int FormVersion = 2;

    /// <summary>Loads the index by file name. Returns an empty dictionary if there is no valid index.</summary>
    public static Dictionary<string, PluginFile> Load(string directory, CacheDirectory cache)
    {
        try
        {
            if (cache.Read(NameOf(directory)) is not { } bytes || !Fingerprint.IsAtFrontOf(bytes))
                return [];

            // The fingerprint is valid, so the content is complete. Only the format may differ in another version.
            using var reader = new BinaryReader(new MemoryStream(bytes, Fingerprint.Size, bytes.Length - Fingerprint.Size), Encoding.UTF8);
            var writer = Writer;
            if (reader.ReadInt32() != FormVersion || !reader.ReadBytes(writer.Length).AsSpan().SequenceEqual(writer) || reader.ReadString() != directory)
                return [];
            Dictionary<string, PluginFile> files = new(StringComparer.Ordinal);
            for (var left = reader.ReadInt32(); left > 0; left--)
            {
                var file = PluginFile.Read(reader);
                files.Add(file.Name, file);
            }

            return files;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>Saves the index atomically.</summary>
    /// <returns>The reason why the index could not be saved, or null.</returns>
    public static string? Save(string directory, CacheDirectory cache, IReadOnlyCollection<PluginFile> files)
    {
        if (cache.Path is null)
            return cache.Notice;
        try
        {
            cache.Write(NameOf(directory), ToBytes(directory, files));
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"The index of the plugins in '{directory}' could not be saved in '{cache.Path}': {e.Message}";
        }
    }

    public static string NameOf(string directory)
    {
        var name = new Fingerprint();
        name.Append(Encoding.UTF8.GetBytes(directory));
        return $"plugins-{name}.index";
    }

    /// <summary>Another program may see other errors in the same files.</summary>
    private static byte[] Writer => FrontIdentity.Bytes;

    private static byte[] ToBytes(string directory, IReadOnlyCollection<PluginFile> files)
    {
        using var stream = new MemoryStream();
        stream.Position = Fingerprint.Size;
        using (var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(FormVersion);
            writer.Write(Writer);
            writer.Write(directory);
            writer.Write(files.Count);
            foreach (var file in files)
                file.Write(writer);
        }

        var bytes = stream.ToArray();
        Fingerprint.Write(bytes.AsSpan(Fingerprint.Size), bytes);
        return bytes;
    }
}
