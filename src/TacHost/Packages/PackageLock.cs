using System.Text.Json;
using System.Text.Json.Serialization;

namespace TacHost.Packages;

/// <summary>The lock file of a tac file: which packages it was restored with, exactly.</summary>
internal sealed record PackageLock
{
    private const string Extension = ".lock.json";
    private const int CurrentVersion = 1;

    private static readonly PackageLockJson _json = new(new JsonSerializerOptions { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    /// <summary>Gets the version of the form.</summary>
    public int Version { get; init; } = CurrentVersion;

    /// <summary>Gets the framework that the packages were chosen for.</summary>
    public required string Framework { get; init; }

    /// <summary>Gets what the tac file asks for, as it is written there.</summary>
    public required IReadOnlyList<string> Requested { get; init; }

    /// <summary>Gets all packages, those that others depend on included, by name.</summary>
    public required IReadOnlyList<LockedPackage> Packages { get; init; }

    /// <summary>Returns the path of the lock file of a tac file.</summary>
    public static string PathOf(string tac) => tac + Extension;

    /// <summary>Reads one; null if there is none.</summary>
    /// <exception cref="TacHostException">It is not a lock file.</exception>
    public static PackageLock? Read(string path)
    {
        if (!File.Exists(path))
            return null;
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), _json.PackageLock) is { Version: CurrentVersion } found
                ? found
                : throw Wrong(path, "it is of another version of tachost", null);
        }
        catch (JsonException e)
        {
            throw Wrong(path, e.Message, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TacHostException(ExitCode.NoInput, $"cannot read the lock file '{path}': {e.Message}", e);
        }
    }

    /// <summary>Writes it. Others see it whole or not at all.</summary>
    public void Write(string path)
    {
        var prepared = $"{path}.{Environment.ProcessId}";
        try
        {
            File.WriteAllText(prepared, JsonSerializer.Serialize(this, _json.PackageLock) + "\n");
            File.Move(prepared, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            File.Delete(prepared);
            throw new TacHostException(ExitCode.CannotCreate, $"cannot write the lock file '{path}': {e.Message}\n  Make it where the directory can be written, with 'tachost restore', and bring it here with the tac file.", e);
        }
    }

    private static TacHostException Wrong(string path, string why, Exception? cause) =>
        new(ExitCode.BadTac, $"the lock file '{path}' cannot be used: {why}.\n  Remove it, and run 'tachost restore' to make it anew.", cause);
}

/// <summary>A package in a lock file.</summary>
/// <param name="Id">The package.</param>
/// <param name="Version">The exact version.</param>
/// <param name="ContentHash">NuGet's hash of what is in it.</param>
internal sealed record LockedPackage(string Id, string Version, [property: JsonPropertyName("contentHash")] string ContentHash);

/// <summary>Reads and writes lock files without reflection, which a native program lacks.</summary>
[JsonSerializable(typeof(PackageLock))]
internal sealed partial class PackageLockJson : JsonSerializerContext;
