using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using TacHost.Interop;
using TacHost.Loading;
using TacHost.Services.Networking;

namespace TacHost.Daemon;

/// <summary>A directory that becomes the root of the file system. Nothing of .NET need be in it: all that loads late is loaded before.</summary>
internal static class Jail
{
    /// <summary>What only the compiler needs, which runs in another process.</summary>
    private const string Compiler = "Microsoft.CodeAnalysis";

    /// <summary>Loads what could not be loaded any more once inside.</summary>
    /// <returns>What could not be loaded even now, in words, and so will not work inside.</returns>
    public static async Task<IReadOnlyList<string>> PrepareAsync()
    {
        LoadedAssemblies.LoadWhatTheyReferTo(except: Compiler);
        _ = CultureInfo.InvariantCulture.CompareInfo.Compare("å", "ä", CompareOptions.IgnoreCase);
        _ = "å".Normalize();
        _ = TimeZoneInfo.GetSystemTimeZones();
        LoadStackTraces();
        List<string> missing = [];
        await TryAsync("Names will not be resolved", () => HostNameResolver.ResolveAsync("localhost"), missing);
        await TryAsync("TLS will not work", LoadTlsAsync, missing);
        return missing;
    }

    /// <summary>Goes in, and to the run directory inside.</summary>
    /// <exception cref="TacHostException">The operating system refused.</exception>
    public static void Enter(string directory, string? runDirectory)
    {
        if (Libc.ChangeRoot(directory) != 0)
            throw new TacHostException(ExitCode.OperatingSystem, $"cannot make '{directory}' the root of the file system: {Errno.Text(Marshal.GetLastPInvokeError())}.");
        Environment.CurrentDirectory = "/";
        RunDirectory.Enter(runDirectory);
    }

    /// <summary>Loading is what matters, and has been done even where the call fails; a service that needs the thing will say so itself.</summary>
    private static async Task TryAsync(string consequence, Func<Task> call, List<string> missing)
    {
        try
        {
            await call();
        }
        catch (Exception e)
        {
            missing.Add($"{consequence} in the jail, perhaps: outside of it they could not be tried either. {e.Message}");
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

    /// <summary>One handshake with ourselves, which is the only way to be sure that all of the TLS library is there.</summary>
    private static async Task LoadTlsAsync()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=tachost", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var client = new TcpClient();
        await client.ConnectAsync((IPEndPoint)listener.LocalEndpoint);
        using var server = await listener.AcceptTcpClientAsync();
        await using var serverStream = new SslStream(server.GetStream());
#pragma warning disable CA5359 // both ends are this process, and nothing is sent
        await using var clientStream = new SslStream(client.GetStream(), leaveInnerStreamOpen: false, (_, _, _, _) => true);
#pragma warning restore CA5359
        await Task.WhenAll(serverStream.AuthenticateAsServerAsync(certificate), clientStream.AuthenticateAsClientAsync("tachost"));
    }
}
