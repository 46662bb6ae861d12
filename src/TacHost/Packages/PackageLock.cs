using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using NuGet.Versioning;
using TacHost.Loading;
using TacHost.Native;

namespace TacHost.Packages;

/// <summary>The lock file of a tac file, with the exact packages that were restored.</summary>
internal sealed record PackageLock
{
    private const string Extension = ".lock.json";
    private const int CurrentVersion = 1;

    private static readonly PackageLockJson _json = new(new JsonSerializerOptions { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    public int Version { get; init; } = CurrentVersion;

    public required string Framework { get; init; }

    /// <summary>Gets the runtime identifier, if some of the packages are only for this one, otherwise null.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Runtime { get; init; }

    /// <summary>Gets the package references of the tac file, as written there.</summary>
    public required IReadOnlyList<string> Requested { get; init; }

    /// <summary>Gets all packages by name, including transitive dependencies.</summary>
    public required IReadOnlyList<LockedPackage> Packages { get; init; }

    /// <summary>Returns the path of the lock file of a tac file.</summary>
    public static string PathOf(string tac) => OwnerOf(tac) + Extension;

    /// <summary>Returns the tac file that the lock file, <c>packages/</c> and <c>nuget.config</c> are beside: the target of a symbolic link, unless the lock file is beside the link.</summary>
    public static string OwnerOf(string tac) => LinkTarget.OwnerOf(tac, file => file + Extension);

    /// <summary>Reads a lock file. Returns null if the file does not exist.</summary>
    /// <exception cref="TacHostException">The file cannot be read, or is not a valid lock file.</exception>
    public static PackageLock? Read(string path)
    {
        if (!File.Exists(path))
            return null;
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), _json.PackageLock) switch
            {
                { Version: CurrentVersion, Framework: not null, Requested: { } requested, Packages: { } packages } found when requested.All(each => each is not null) && packages.All(each => each is { Id: not null, Version: not null, ContentHash: not null }) => Valid(found, path),
                { Version: CurrentVersion } => throw Error(path, "it is not complete", null),
                _ => throw Error(path, "it is of another version of tachost", null),
            };
        }
        catch (JsonException e)
        {
            throw Error(path, e.Message, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TacHostException(ExitCode.NoInput, $"cannot read the lock file '{path}': {e.Message}", e);
        }
    }

    /// <summary>Writes the lock file atomically.</summary>
    public void Write(string path)
    {
        try
        {
            StateFile.Write(path, Encoding.UTF8.GetBytes(JsonSerializer.Serialize(this, _json.PackageLock) + "\n"), $".{Environment.ProcessId}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TacHostException(ExitCode.CannotCreate, $"cannot write the lock file '{path}': {e.Message}\n  Create it with 'tachost restore' where the directory can be written, and copy it here with the tac file.", e);
        }
    }

    private static PackageLock Valid(PackageLock found, string path) =>
        found.Packages.FirstOrDefault(each => !PackageDirective.IsId(each.Id)) is { } unnamed ? throw Error(path, $"the entry '{unnamed.Id}' is not the name of a package", null)
        : found.Packages.FirstOrDefault(each => !NuGetVersion.TryParse(each.Version, out _)) is { } package ? throw Error(path, $"the package '{package.Id}' has '{package.Version}' for a version", null)
        : found;

    private static TacHostException Error(string path, string why, Exception? cause) =>
        new(ExitCode.BadTac, $"the lock file '{path}' cannot be used: {why}.\n  Remove it, and run 'tachost restore' to create it again.", cause);
}

/// <summary>A package in a lock file.</summary>
internal sealed record LockedPackage(string Id, string Version, [property: JsonPropertyName("contentHash")] string ContentHash);

/// <summary>Reads and writes lock files without reflection, which a native program lacks.</summary>
[JsonSerializable(typeof(PackageLock))]
internal sealed partial class PackageLockJson : JsonSerializerContext;
