"""Keeping releases sound: rebuild them from Git alone, check stored objects, remove what nobody needs."""
