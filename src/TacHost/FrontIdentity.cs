using System.Runtime.CompilerServices;
using TacHost.Loading;

namespace TacHost;

/// <summary>The identity of this program in cache keys, because another build may compile the same files differently.</summary>
internal static class FrontIdentity
{
    /// <summary>Gets the identity of this program, of the contract, and of .NET.</summary>
    /// <exception cref="TacHostException">.NET is not installed.</exception>
    public static byte[] Bytes => field ??=
    [
        .. OfThisProgram(),
        .. HostAssemblies.ContractId.ToByteArray(),
        .. System.Text.Encoding.UTF8.GetBytes(Framework.Version.ToString()),
    ];

    private static byte[] OfThisProgram() => RuntimeFeature.IsDynamicCodeSupported
        ? [.. typeof(FrontIdentity).Module.ModuleVersionId.ToByteArray(), .. typeof(Installation).Module.ModuleVersionId.ToByteArray()]
        : BuildId.Read();
}
