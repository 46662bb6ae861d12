using System.Net;
using System.Security.Cryptography;
using System.Text;
using TacHost.Services;

namespace TacHost.Web.Passwords;

/// <summary>
/// Verifies passwords against a file. Remembers the ones that were right until the file changes, because a client sends its
/// password with every request, and a verification is slow by design. Limits the wrong ones of each client.
/// </summary>
internal sealed class RightPasswords(PasswordFile file, TimeProvider time)
{
    private const int MostRemembered = 1000;

    private readonly Lock _gate = new();

    /// <summary>The key of the remembered passwords, which are never kept in plain text.</summary>
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);
    private readonly Dictionary<string, Task<bool>> _checks = [];
    private readonly GuessLimit _guesses = new(time);
    private long _version;

    /// <summary>Verifies a name and a password. Simultaneous requests with the same ones share one verification.</summary>
    /// <returns>True or false, or null if the client has sent too many wrong passwords.</returns>
    /// <exception cref="PasswordFileException">The file has changed and is unusable.</exception>
    public async Task<bool?> CheckAsync(IPAddress? client, BasicCredentials credentials, CancellationToken cancellationToken)
    {
        var version = file.GetVersion();
        var key = KeyOf(credentials);
        Task<bool>? check;
        lock (_gate)
        {
            if (_guesses.IsReached(client))
                return null;
            if (version != _version || _checks.Count >= MostRemembered)
                _checks.Clear();
            _version = version;
            if (!_checks.TryGetValue(key, out check))
            {
                _guesses.Count(client);
                _checks[key] = check = VerifyAsync(client, key, credentials);
            }
        }

        return await check.WaitAsync(cancellationToken);
    }

    private async Task<bool> VerifyAsync(IPAddress? client, string key, BasicCredentials credentials)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        var right = false;
        try
        {
            return right = await file.VerifyAsync(credentials.Name, credentials.Password) is not null;
        }
        finally
        {
            lock (_gate)
            {
                if (right)
                    _guesses.TakeBack(client);
                else
                    _checks.Remove(key);
            }
        }
    }

    /// <summary>Returns the key of a name and a password. A name contains no colon.</summary>
    private string KeyOf(BasicCredentials credentials) =>
        Convert.ToHexString(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes($"{credentials.Name}:{credentials.Password}")));
}
