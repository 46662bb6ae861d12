using System.Globalization;
using Microsoft.Win32.SafeHandles;
using TacHost.Interop;

namespace TacHost.Daemon;

/// <summary>What a tachost process passes to the one that goes on in its place: the prepared application, and for a daemon the pipe of its start-up report.</summary>
/// <remarks>
/// Both are inherited descriptors, whose numbers stand in an environment variable. The prepared application travels as bytes, so that it is exactly what was
/// checked, whatever happens to the cache or the sources meanwhile: in a memory file to a process that takes this one's place, through a pipe to a daemon,
/// which has been started before the application is prepared.
/// </remarks>
internal sealed class Handover
{
    private const string Variable = "TACHOST_HANDOVER";
    private const string MemoryFileName = "tachost-recipe";
    private const string Pipe = "pipe:";

    private Handover(byte[] recipe, StartupReport? report) => (Recipe, Report) = (recipe, report);

    /// <summary>The prepared application.</summary>
    public byte[] Recipe { get; }

    /// <summary>Where to report to; null in the foreground.</summary>
    public StartupReport? Report { get; }

    /// <summary>Whether another tachost process started this one.</summary>
    public static bool IsThere => Environment.GetEnvironmentVariable(Variable) is not null;

    /// <summary>Takes what was handed to this process, once it is there; null if it was started by a user.</summary>
    /// <exception cref="TacHostException">It is not going to be there: the process that was to prepare it has given up, and nobody will read this; or there never was one.</exception>
    public static Handover? Take()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { } value)
            return null;

        // Neither the services nor their children are to see it.
        Environment.SetEnvironmentVariable(Variable, null);
        SocketActivation.TakeOver();
        var descriptors = value.Split(',');
        if (descriptors.Length > 2 || !descriptors.All(IsInherited) || !HoldsRecipe(descriptors))
            throw NotOurs();
        var report = descriptors.Length > 1 ? new StartupReport(Inherited(descriptors[1])) : null;
        using var source = new FileStream(Inherited(descriptors[0]), FileAccess.Read, bufferSize: 0);
        if (source.CanSeek)
            source.Position = 0;
        using var bytes = new MemoryStream();
        source.CopyTo(bytes);
        return Unwrapped(bytes.ToArray()) is { } recipe ? new Handover(recipe, report) : throw NotOurs();
    }

    /// <summary>The environment of the process that goes on, with the descriptors named in it.</summary>
    public static List<string> EnvironmentWith(params int[] descriptors)
    {
        var all = Environment.GetEnvironmentVariables();
        List<string> environment = [.. all.Keys.Cast<string>().Select(key => $"{key}={(key == SocketActivation.ProcessVariable ? SocketActivation.HandedOver : all[key])}")];
        environment.Add($"{Variable}={string.Join(',', descriptors)}");
        return environment;
    }

    /// <summary>A memory file with those bytes, which is closed for other programs that this process starts.</summary>
    public static SafeFileHandle InMemory(byte[] recipe)
    {
        const uint closeOnExec = 1;
        var descriptor = Libc.CreateMemoryFile(MemoryFileName, closeOnExec);
        if (descriptor < 0)
            throw new TacHostException(ExitCode.OperatingSystem, $"cannot hand the application over: {Errno.LastText}.");
        var file = new SafeFileHandle(descriptor, ownsHandle: true);
        RandomAccess.Write(file, Wrapped(recipe), 0);
        return file;
    }

    /// <summary>The form in which a recipe travels: whoever reads less than all of it knows.</summary>
    public static byte[] Wrapped(byte[] recipe)
    {
        var bytes = new byte[Fingerprint.Size + recipe.Length];
        recipe.CopyTo(bytes, Fingerprint.Size);
        Fingerprint.Write(recipe, bytes);
        return bytes;
    }

    private static byte[]? Unwrapped(byte[] bytes) => Fingerprint.IsAtFrontOf(bytes) ? bytes[Fingerprint.Size..] : null;

    private static bool IsInherited(string number) =>
        int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out _) && TargetOf(number) is not null;

    private static bool HoldsRecipe(string[] descriptors) =>
        TargetOf(descriptors[0])!.Contains(descriptors.Length == 1 ? MemoryFileName : Pipe, StringComparison.Ordinal);

    private static TacHostException NotOurs() => new(ExitCode.Usage, $"{Variable} is set, which is for tachost's own use. Unset it.");

    private static string? TargetOf(string number) => new FileInfo($"/proc/self/fd/{number}").LinkTarget;

    private static SafeFileHandle Inherited(string number)
    {
        var descriptor = int.Parse(number, CultureInfo.InvariantCulture);
        Libc.ControlDescriptor(descriptor, DescriptorCommand.SetFlags, 1); // FD_CLOEXEC: it ends with us
        return new SafeFileHandle(descriptor, ownsHandle: true);
    }
}
