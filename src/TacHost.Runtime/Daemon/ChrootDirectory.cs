using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Win32.SafeHandles;
using TacHost.Loading;
using TacHost.Native;
using TacHost.Services.Networking;

namespace TacHost.Daemon;

/// <summary>The chroot directory. It needs no files of .NET, because everything that is loaded lazily is loaded before chroot(2).</summary>
internal static class ChrootDirectory
{
    /// <summary>Loads everything that cannot be loaded after chroot(2).</summary>
    /// <returns>Descriptions of the features that could not be loaded, and may not work inside.</returns>
    public static async Task<IReadOnlyList<string>> PrepareAsync()
    {
        LoadedAssemblies.LoadWhatTheyReferTo();
        _ = CultureInfo.InvariantCulture.CompareInfo.Compare("å", "ä", CompareOptions.IgnoreCase);
        _ = "å".Normalize();
        _ = TimeZoneInfo.GetSystemTimeZones();
        LoadStackTraces();
        List<string> missing = [];
        await TryAsync("Host names cannot be resolved", () => HostNameResolver.ResolveAsync("localhost"), missing);
        await TryAsync("TLS does not work", LoadTlsAsync, missing);
        return missing;
    }

    /// <summary>
    /// Closes all open directories, because each would be a way out. Their descriptors are
    /// replaced, so that no code writes to another file with the same number.
    /// </summary>
    /// <returns>The paths of the closed directories.</returns>
    /// <exception cref="TacHostException">The directories cannot be listed or closed.</exception>
    public static IReadOnlyList<string> CloseDirectories()
    {
        const string descriptors = "/proc/self/fd";
        const int firstOther = 3; // programs inherit the standard streams
        if (!Directory.Exists(descriptors))
            throw new TacHostException(ExitCode.OperatingSystem, $"cannot check which directories are open, because '{descriptors}' cannot be read. Mount /proc.");
        List<string> closed = [];
        using SafeFileHandle nothing = File.OpenHandle("/dev/null");
        foreach (var number in Directory.EnumerateFileSystemEntries(descriptors).Select(path => int.Parse(Path.GetFileName(path), CultureInfo.InvariantCulture)).ToList())
        {
            using SafeFileHandle open = new(number, ownsHandle: false);
            if (FileStatusOf.Open(open) is not { IsDirectory: true })
                continue;
            closed.Add(new FileInfo($"{descriptors}/{number}").LinkTarget ?? "");
            if (LibcDescriptors.Dup3(nothing, number, number < firstOther ? Native.OpenFlags.ReadOnly : Native.OpenFlags.CloseOnExec) < 0)
                throw new TacHostException(ExitCode.OperatingSystem, $"cannot close descriptor {number} before the chroot: {Errno.LastText}.");
        }

        return closed;
    }

    /// <summary>Changes the root directory, and then the working directory to the run directory inside.</summary>
    /// <exception cref="TacHostException">The operating system refused.</exception>
    public static void Enter(string directory, string? runDirectory)
    {
        if (LibcIdentity.Chroot(directory) != 0)
            throw new TacHostException(ExitCode.OperatingSystem, $"cannot make '{directory}' the root of the file system: {Errno.Text(Marshal.GetLastPInvokeError())}.");
        Environment.CurrentDirectory = "/";
        RunDirectory.Enter(runDirectory);
    }

    /// <summary>Tries a call, whose purpose is the loading of assemblies even if the call fails. A service that needs the feature reports the error itself.</summary>
    private static async Task TryAsync(string consequence, Func<Task> call, List<string> missing)
    {
        try
        {
            await call();
        }
        catch (Exception e)
        {
            missing.Add($"{consequence} in the chroot, perhaps, because a test outside of it failed: {e.Message}");
        }
    }

    private static void LoadStackTraces()
    {
        try
        {
            throw new InvalidOperationException();
        }
        catch (InvalidOperationException e)
        {
            _ = new System.Diagnostics.StackTrace(e, fNeedFileInfo: true).ToString();
        }
    }

    /// <summary>
    /// Performs a TLS handshake within this process, which is the only way to load the whole TLS
    /// library. The connection is a socket pair, so no other process can connect.
    /// </summary>
    private static async Task LoadTlsAsync()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=tachost", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue);
        var (own, other) = DescriptorSocket.CreateStreams();
        using Socket client = new(new SafeSocketHandle(own, ownsHandle: true)), server = new(new SafeSocketHandle(other, ownsHandle: true));
        await using var serverStream = new SslStream(new NetworkStream(server));
#pragma warning disable CA5359 // both ends are this process, and nothing is sent
        await using var clientStream = new SslStream(new NetworkStream(client), leaveInnerStreamOpen: false, (_, _, _, _) => true);
#pragma warning restore CA5359
        await Task.WhenAll(serverStream.AuthenticateAsServerAsync(certificate), clientStream.AuthenticateAsClientAsync("tachost"));
    }
}
